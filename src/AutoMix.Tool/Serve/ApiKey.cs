using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace AutoMix.Tool.Serve;

/// <summary>Lets in who knows the key: as a bearer token, or as the password that a browser asks for.</summary>
internal sealed class ApiKey(string key)
{
    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Whether an address can be reached from this machine only.</summary>
    public static bool IsLoopback(string url)
    {
        BindingAddress address = BindingAddress.Parse(url);
        return address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
    }

    public Task CheckAsync(HttpContext context, RequestDelegate next) =>
        context.Request.Path == "/healthz" || IsGiven(context.Request.Headers.Authorization.ToString())
            ? next(context)
            : throw ServeException.Unauthorized("The API key is missing or wrong. Send it as 'Authorization: Bearer KEY'.");

    // Hashes have one length and are compared in constant time, so that neither the key's length nor its beginning can be found out.
    internal bool IsGiven(string authorization) =>
        Given(authorization) is { } given && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), _hash);

    private static string? Given(string authorization)
    {
        const string Bearer = "Bearer ";
        const string Basic = "Basic ";
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Bearer.Length..].Trim();
        }

        if (!authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        byte[] decoded = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[Basic.Length..].Trim(), decoded, out int length))
        {
            return null;
        }

        string[] parts = Encoding.UTF8.GetString(decoded.AsSpan(0, length)).Split(':', 2);
        return parts.Length == 2 ? parts[1] : null;
    }
}
