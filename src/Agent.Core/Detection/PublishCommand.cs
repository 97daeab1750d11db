using System.Collections.Immutable;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// Commands that send a package or an image to a registry. A command is known by the name of its program (or of the script or module
/// that an interpreter runs) and its first words; options before and between them are passed over.
/// </summary>
internal static class PublishCommand
{
    private const int MostArguments = 64;

    private static readonly (string Program, string[] Words)[] All =
    [
        ("npm", ["publish"]), ("pnpm", ["publish"]), ("yarn", ["publish"]), ("yarn", ["npm", "publish"]), ("bun", ["publish"]),
        ("twine", ["upload"]), ("uv", ["publish"]), ("poetry", ["publish"]), ("flit", ["publish"]), ("hatch", ["publish"]),
        ("cargo", ["publish"]), ("gem", ["push"]), ("dotnet", ["nuget", "push"]), ("nuget", ["push"]), ("helm", ["push"]),
        ("docker", ["push"]), ("docker", ["image", "push"]), ("podman", ["push"]), ("buildah", ["push"]), ("skopeo", ["copy"]),
    ];

    private static readonly string[] Rehearsals = ["--dry-run", "-n", "--help", "-h"];

    /// <summary>Program and words, as in <c>npm publish</c>; null for any other command, and for one that only rehearses.</summary>
    /// <param name="exe">Path of the executable.</param>
    /// <param name="script">What it interprets, or null.</param>
    /// <param name="argv">Its arguments, the first is its name.</param>
    public static string? Find(string exe, string? script, ImmutableArray<string> argv)
    {
        // Nearly every program is none of these: nothing is copied for it.
        var program = NameOf(script ?? exe);
        var isPython = script is null && program.StartsWith("python", StringComparison.Ordinal);
        if (!isPython && !Array.Exists(All, one => one.Program == program))
        {
            return null;
        }

        var arguments = argv.Skip(1).Take(MostArguments).ToList();
        if (script is not null)
        {
            var at = arguments.FindIndex(argument => argument is not ['-', ..]);
            arguments.RemoveRange(0, at + 1);
        }
        else if (isPython && arguments.IndexOf("-m") is >= 0 and var module && module + 1 < arguments.Count)
        {
            program = arguments[module + 1];
            arguments.RemoveRange(0, module + 2);
        }

        var words = arguments.Where(argument => argument is not ['-', ..]).ToList();
        var known = Array.Find(All, one => one.Program == program && words.Take(one.Words.Length).SequenceEqual(one.Words));
        return known.Program is null || arguments.Exists(argument => Array.IndexOf(Rehearsals, argument) >= 0) ? null
            : $"{known.Program} {string.Join(' ', known.Words)}";
    }

    /// <summary><c>/usr/lib/node_modules/npm/bin/npm-cli.js</c> is npm.</summary>
    private static string NameOf(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        foreach (var end in (string[])[".js", ".cjs", ".py", "-cli"])
        {
            name = name.EndsWith(end, StringComparison.Ordinal) ? name[..^end.Length] : name;
        }

        return name;
    }
}
