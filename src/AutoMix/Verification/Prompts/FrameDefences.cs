namespace AutoMix;

/// <summary>The defences of a frame, so that tests can show what each of them is for by leaving it out.</summary>
[Flags]
internal enum FrameDefences
{
    None = 0,

    /// <summary>Markers carry a random code.</summary>
    Fence = 1,

    /// <summary>Text that looks like a marker or a verdict is broken up.</summary>
    Neutralise = 2,

    All = Fence | Neutralise,
}
