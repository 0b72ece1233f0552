using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Reflection;

namespace AutoMix;

/// <summary>
/// The status and headers that client libraries put on their own exception types (System.ClientModel, Azure.Core), which
/// this package does not reference. If trimming has removed the members, the message is read instead.
/// </summary>
internal static class ProviderResponse
{
    private const string Trimming = "Members that trimming removed only mean that the exception's message is read instead.";

    public static int? Status(Exception exception) => (Member(exception, "Status") ?? Member(exception, "StatusCode")) switch
    {
        int status when status is >= 400 and < 600 => status,
        HttpStatusCode code when (int)code is >= 400 and < 600 => (int)code,
        _ => null,
    };

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = Trimming)]
    public static string? Header(Exception exception, string name)
    {
        try
        {
            object? response = exception.GetType().GetMethod("GetRawResponse", Type.EmptyTypes)?.Invoke(exception, null);
            object? headers = response?.GetType().GetProperty("Headers")?.GetValue(response);
            MethodInfo? read = headers?.GetType().GetMethod("TryGetValue", [typeof(string), typeof(string).MakeByRefType()]);
            object?[] arguments = [name, null];
            return read?.Invoke(headers, arguments) is true ? arguments[1] as string : null;
        }
        catch (Exception)
        {
            // Members of those names that do something else say nothing.
            return null;
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = Trimming)]
    private static object? Member(Exception exception, string name)
    {
        try
        {
            return exception.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance)?.GetValue(exception);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
