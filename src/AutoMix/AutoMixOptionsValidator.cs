using Microsoft.Extensions.Options;

namespace AutoMix;

/// <summary>Checks the ranges that the settings of a pipeline declare.</summary>
[OptionsValidator]
internal sealed partial class AutoMixOptionsValidator : IValidateOptions<AutoMixOptions>;
