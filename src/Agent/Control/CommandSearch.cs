using System.Collections.Immutable;

namespace Sallyport.Agent.Control;

/// <summary>The paths at which a command is looked for, in order, as execvp(3) does, by the job's own PATH.</summary>
internal static class CommandSearch
{
    internal static IEnumerable<byte[]> Candidates(byte[] command, ImmutableArray<byte[]> environment)
    {
        if (command.Length == 0)
        {
            return [];
        }

        return command.Contains((byte)'/') ? [command] : InFolders(command, PathOf(environment));
    }

    private static byte[] PathOf(ImmutableArray<byte[]> environment)
    {
        foreach (var entry in environment)
        {
            if (entry.AsSpan().StartsWith("PATH="u8))
            {
                return entry[5..];
            }
        }

        // confstr(_CS_PATH) of glibc, which execvp takes when PATH is not set.
        return "/bin:/usr/bin"u8.ToArray();
    }

    private static IEnumerable<byte[]> InFolders(byte[] command, byte[] path)
    {
        var start = 0;
        while (start <= path.Length)
        {
            var end = Array.IndexOf(path, (byte)':', start);
            end = end < 0 ? path.Length : end;

            // An empty entry is the current folder.
            yield return end == start ? command : [.. path.AsSpan(start, end - start), (byte)'/', .. command];
            start = end + 1;
        }
    }
}
