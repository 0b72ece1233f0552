using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>Kinds of content a model can read.</summary>
[Flags]
[JsonConverter(typeof(JsonStringEnumConverter<Modalities>))]
public enum Modalities
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Text; every chat model reads it.</summary>
    Text = 1,

    /// <summary>Pictures.</summary>
    Image = 2,

    /// <summary>Sound.</summary>
    Audio = 4,

    /// <summary>Moving pictures.</summary>
    Video = 8,

    /// <summary>Documents and any other file.</summary>
    File = 16,

    /// <summary>Everything.</summary>
    All = Text | Image | Audio | Video | File,
}
