namespace AutoMix;

/// <summary>One byte per action, for the tables of plans with at most 64 models: two bits of kind, six of model.</summary>
internal static class ActionCode
{
    public const byte Abstain = (byte)CascadeActionKind.Abstain << 6;

    public static byte Call(int model) => (byte)(((int)CascadeActionKind.Call << 6) | model);

    public static byte Verify(int model) => (byte)(((int)CascadeActionKind.Verify << 6) | model);

    public static byte Accept(int model) => (byte)(((int)CascadeActionKind.Accept << 6) | model);

    public static CascadeActionKind Kind(byte code) => (CascadeActionKind)(code >> 6);

    public static int Model(byte code) => code & 63;
}
