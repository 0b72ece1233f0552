using System.Text.Json.Serialization;

namespace AutoMix.Statistics;

/// <summary>The shape of a calibration.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CalibrationKind>))]
public enum CalibrationKind
{
    /// <summary>The confidence as it is.</summary>
    None = 0,

    /// <summary>A logistic function of the log-odds (Platt, 1999): two numbers.</summary>
    Platt = 1,

    /// <summary>A logistic function of ln c and ln(1 - c) (Kull, Silva Filho and Flach, 2017): three numbers, for skewed confidences.</summary>
    Beta = 2,

    /// <summary>A non-decreasing step function by pooled adjacent violators (Zadrozny and Elkan, 2002), interpolated.</summary>
    Isotonic = 3,

    /// <summary>The share of correct answers per bin of equally many confidences, smoothed towards the overall share.</summary>
    Histogram = 4,
}
