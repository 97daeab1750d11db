using System.Text;

namespace Sallyport.Agent.Core.Git;

/// <summary>
/// The two settings of a repository that say where its work tree is and how it names objects (git-config(1)). Not a whole
/// reader: includes, continued lines and escapes do not occur in what git writes there itself. Never throws.
/// </summary>
/// <param name="WorkTree"><c>core.worktree</c>, or null.</param>
/// <param name="Hash"><c>extensions.objectFormat</c>.</param>
public readonly record struct GitConfig(string? WorkTree, GitHash Hash)
{
    /// <summary>Reads the text of a file <c>config</c>.</summary>
    public static GitConfig Read(ReadOnlySpan<byte> bytes)
    {
        var section = string.Empty;
        string? tree = null;
        var hash = GitHash.Sha1;
        foreach (var line in Encoding.UTF8.GetString(bytes).AsSpan().EnumerateLines())
        {
            var text = line.Trim();
            if (text is ['[', .., ']'])
            {
                section = text[1..^1].ToString();
                continue;
            }

            var equals = text.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }

            var value = text[(equals + 1)..].Trim().Trim('"');
            switch ($"{section}.{text[..equals].Trim()}".ToUpperInvariant())
            {
                case "CORE.WORKTREE" when !value.Contains('\0'): // no path has one
                    tree = value.ToString();
                    break;
                case "EXTENSIONS.OBJECTFORMAT" when value.Equals("sha256", StringComparison.OrdinalIgnoreCase):
                    hash = GitHash.Sha256;
                    break;
            }
        }

        return new GitConfig(tree, hash);
    }
}
