using System.Security.Cryptography;
using System.Text;

namespace AutoMix.Stores;

/// <summary>A folder of <see cref="StateFile"/>s, named by the hash of their key, since a key may be any text.</summary>
internal sealed class StateFolder
{
    private readonly string _folder;
    private readonly string _kind;

    public StateFolder(string folder, string kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _folder = Path.GetFullPath(folder);
        _kind = kind;
    }

    public StateFile this[string key]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(key);
            return new(Path.Combine(_folder, $"{_kind}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 12))}.state"));
        }
    }
}
