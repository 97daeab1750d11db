using System.Collections.Immutable;

namespace Sallyport.Agent.Control;

/// <summary>This process's arguments and environment as bytes: text would change what is not UTF-8.</summary>
internal static class RawProcess
{
    internal static ImmutableArray<byte[]> Arguments() => ZeroTerminated.Split(File.ReadAllBytes("/proc/self/cmdline"));

    internal static ImmutableArray<byte[]> Environment() => ZeroTerminated.Split(File.ReadAllBytes("/proc/self/environ"));
}
