using System.Collections.Immutable;

namespace Sallyport.Protocol.Control;

/// <summary>Lists that are cut for a message to fit.</summary>
internal static class BoundedList
{
    /// <summary>The first entries, and where some are missing, one that says how many.</summary>
    internal static ImmutableArray<T> Cut<T>(ImmutableArray<T> all, int entries, Func<int, T> more) =>
        all.Length <= entries ? all : [.. all[..entries], more(all.Length - entries)];
}
