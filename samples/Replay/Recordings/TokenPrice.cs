using System.Globalization;

namespace AutoMix.Replay;

/// <summary>Dollars per million tokens of one model.</summary>
public readonly record struct TokenPrice(decimal Input, decimal Output)
{
    // Dollars; the costs of a trace are sums of a few products, written with enough digits for this.
    private const double Tolerance = 1e-12;
    private const int PriceDecimals = 6;
    private const double Million = 1e6;

    // A verdict is one token wherever the recorded cost allows it; some providers bill the end of the text as well.
    private const int LongestVerdict = 16;

    /// <summary>The dollars of a call.</summary>
    public double CostOf(long inputTokens, long outputTokens) => (double)((inputTokens * Input + outputTokens * Output) / 1_000_000m);

    /// <summary>The price that explains the recorded costs of a model's answers: least squares, then checked on every row.</summary>
    /// <exception cref="FormatException">No price explains them.</exception>
    internal static TokenPrice FromCosts(string model, IEnumerable<TraceAnswer> answers)
    {
        TraceAnswer[] rows = [.. answers];
        double inIn = 0, inOut = 0, outOut = 0, inCost = 0, outCost = 0, cost = 0, tokens = 0;
        foreach (TraceAnswer row in rows)
        {
            double x = row.InputTokens, y = row.OutputTokens, z = row.AnswerCost * Million;
            (inIn, inOut, outOut) = (inIn + x * x, inOut + x * y, outOut + y * y);
            (inCost, outCost) = (inCost + x * z, outCost + y * z);
            (cost, tokens) = (cost + z, tokens + x + y);
        }

        double determinant = inIn * outOut - inOut * inOut;
        double flat = tokens > 0 ? cost / tokens : 0;

        // Where every row has the same mix of tokens the two prices cannot be told apart; one price for both then fits as well.
        (double input, double output) = determinant > 1e-9 * inIn * outOut
            ? ((inCost * outOut - outCost * inOut) / determinant, (outCost * inIn - inCost * inOut) / determinant)
            : (flat, flat);
        if (!(Math.Abs(input) < 1e9 && Math.Abs(output) < 1e9))
        {
            throw NoPrice(model, rows[0]);
        }

        var price = new TokenPrice(
            decimal.Round((decimal)input, PriceDecimals),
            decimal.Round((decimal)output, PriceDecimals));
        foreach (TraceAnswer row in rows)
        {
            if (price.Input < 0 || price.Output < 0 || Math.Abs(price.CostOf(row.InputTokens, row.OutputTokens) - row.AnswerCost) > Tolerance)
            {
                throw NoPrice(model, row);
            }
        }

        return price;
    }

    /// <summary>Whole tokens that cost what the verification of <paramref name="answer"/> was recorded to cost.</summary>
    /// <exception cref="FormatException">There are none.</exception>
    internal TokenCounts TokensOfVerification(TraceRecord record, TraceAnswer answer)
    {
        if (answer.VerifyCost == 0)
        {
            return default;
        }

        for (int output = 1; output <= LongestVerdict && Input > 0; output++)
        {
            double input = Math.Round((answer.VerifyCost * Million - output * (double)Output) / (double)Input);
            if (input >= 0 && Math.Abs(CostOf((long)input, output) - answer.VerifyCost) <= Tolerance)
            {
                return new TokenCounts((long)input, output);
            }
        }

        throw new FormatException(string.Create(
            CultureInfo.InvariantCulture,
            $"Record '{record.Id}': verifying the answer of '{answer.Model}' cost {answer.VerifyCost} dollars, which no whole number of tokens at {Input} and {Output} dollars per million gives. Correct verify_cost_usd."));
    }

    private static FormatException NoPrice(string model, TraceAnswer row) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The answer costs of '{model}' follow from no price per token (an answer of {row.InputTokens} and {row.OutputTokens} tokens cost {row.AnswerCost} dollars). Give input_tokens, output_tokens and answer_cost_usd that belong together."));
}
