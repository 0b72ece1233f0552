namespace AutoMix;

/// <summary>The defences of a frame. Tests leave one out to show its purpose.</summary>
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
