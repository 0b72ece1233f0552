using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Providers;

/// <summary>A chat client that somebody's own assembly makes.</summary>
internal static class AssemblyProvider
{
    /// <exception cref="FormatException">There is no such method, or it returns something else.</exception>
    public static IChatClient Create(string path, string factory, string model)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no assembly '{path}'.");
        }

        int dot = factory.LastIndexOf('.');
        Assembly assembly = new SideBySide(Path.GetFullPath(path)).LoadFromAssemblyPath(Path.GetFullPath(path));
        MethodInfo method = (dot > 0 ? assembly.GetType(factory[..dot]) : null)?.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .FirstOrDefault(candidate => candidate.Name == factory[(dot + 1)..] && typeof(IChatClient).IsAssignableFrom(candidate.ReturnType) && Takes(candidate.GetParameters()))
            ?? throw new FormatException($"'{path}' has no static method '{factory}' that returns an IChatClient and takes nothing or one string, the model.");
        return (IChatClient?)method.Invoke(null, method.GetParameters().Length == 0 ? [] : [model])
            ?? throw new FormatException($"'{factory}' in '{path}' returned null.");
    }

    private static bool Takes(ParameterInfo[] parameters) => parameters is [] || (parameters is [var only] && only.ParameterType == typeof(string));

    // What the tool has itself is shared, so that IChatClient is one type; everything else comes from beside the assembly.
    private sealed class SideBySide(string path) : AssemblyLoadContext(path)
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            try
            {
                return Default.LoadFromAssemblyName(new AssemblyName(assemblyName.Name!));
            }
            catch (FileNotFoundException)
            {
                return _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null;
            }
        }
    }
}
