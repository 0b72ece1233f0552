using System.Globalization;

namespace AutoMix.Tests.Execution;

public class PipelineMemoryTests
{
    [Fact]
    public void Ledger_SameLimitsUnderAnotherCulture_IsTheSame()
    {
        var memory = new PipelineMemory();
        BudgetLimit[] budgets = [new() { Dollars = 1.5m, Window = TimeSpan.FromHours(1) }];
        InMemoryBudgetLedger here = memory.Ledger(budgets, TimeProvider.System);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            memory.Ledger(budgets, TimeProvider.System).Should().BeSameAs(here);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        memory.Ledger([new() { Dollars = 1.5m, Window = TimeSpan.FromHours(2) }], TimeProvider.System).Should().NotBeSameAs(here);
    }
}
