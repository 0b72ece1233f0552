using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace AutoMix;

/// <summary>Declares the range of a setting, and names it in an error together with the value. Times are compared in seconds; null is in every range.</summary>
/// <param name="range">The range in words, such as "a number in [0, 1]".</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InRangeAttribute(string range) : ValidationAttribute
{
    public string Range => range;

    public double Min { get; set; } = double.NegativeInfinity;

    public double Max { get; set; } = double.PositiveInfinity;

    public bool IsMinExcluded { get; set; }

    public bool IsMaxExcluded { get; set; }

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        double number = value switch
        {
            null => double.NaN,
            TimeSpan time => time.TotalSeconds,
            _ => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        };
        bool holds = (IsMinExcluded ? number > Min : number >= Min) && (IsMaxExcluded ? number < Max : number <= Max);
        return value is null || holds
            ? ValidationResult.Success
            : new(FormattableString.Invariant($"{validationContext.DisplayName} is {value}; it must be {Range}."));
    }
}
