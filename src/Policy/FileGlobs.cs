using System.Collections.Immutable;

namespace Sallyport.Policy;

/// <summary>
/// Which files of a work tree are protected. Patterns are from the tree's root: <c>*</c> and <c>?</c> within a name, <c>**</c> over
/// folders. Without a slash one holds in every folder; <c>!</c> before it takes files out again; the last one that matches decides.
/// </summary>
/// <param name="patterns">Null for all files.</param>
public sealed class FileGlobs(ImmutableArray<string>? patterns)
{
    /// <summary>Whether a file is protected.</summary>
    /// <param name="path">From the root, with slashes.</param>
    public bool Cover(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (patterns is not { } list)
        {
            return true;
        }
        // Patterns that only take out take out of all.
        bool covers = !list.IsEmpty && list[0].StartsWith('!');
        foreach (string pattern in list)
        {
            bool takesOut = pattern.StartsWith('!');
            if (covers == takesOut && Matches(takesOut ? pattern.AsSpan(1) : pattern, path))
            {
                covers = !takesOut;
            }
        }
        return covers;
    }

    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        if (!pattern.Contains('/'))
        {
            path = path[(path.LastIndexOf('/') + 1)..];
        }
        return MatchesWhole(pattern.StartsWith("/") ? pattern[1..] : pattern, path);
    }

    /// <summary>
    /// Goes back to the last <c>*</c>, and past it to the last <c>**</c>, never further: what an earlier one could take, the later
    /// one takes too. The time is the product of both lengths at most.
    /// </summary>
    private static bool MatchesWhole(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        int at = 0, star = -1, starPath = 0, folders = -1, foldersPath = 0;
        bool byFolder = false;
        for (int place = 0; place < path.Length || at < pattern.Length;)
        {
            if (pattern[at..].StartsWith("**"))
            {
                at += 2;
                byFolder = at < pattern.Length && pattern[at] == '/';
                at += byFolder ? 1 : 0;
                (folders, foldersPath, star) = (at, place, -1);
            }
            else if (at < pattern.Length && pattern[at] == '*')
            {
                (star, starPath) = (++at, place);
            }
            else if (at < pattern.Length && place < path.Length
                && (pattern[at] == path[place] || (pattern[at] == '?' && path[place] != '/')))
            {
                at++;
                place++;
            }
            else if (star >= 0 && starPath < path.Length && path[starPath] != '/')
            {
                (at, place) = (star, ++starPath);
            }
            else if (folders >= 0 && foldersPath < path.Length)
            {
                int next = byFolder ? path[foldersPath..].IndexOf('/') : 0;
                if (next < 0)
                {
                    return false;
                }
                foldersPath += next + 1;
                (at, place, star) = (folders, foldersPath, -1);
            }
            else
            {
                return false;
            }
        }
        return true;
    }
}
