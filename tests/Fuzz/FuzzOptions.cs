using System.Globalization;

namespace Sallyport.Fuzz;

/// <summary>The command line.</summary>
/// <param name="Seconds">How long, shared by the targets.</param>
/// <param name="Target">Name of a target, or <c>all</c>.</param>
/// <param name="Seed">Of all random numbers.</param>
/// <param name="Corpus">Folder with further inputs, one folder for each target; null when none.</param>
internal sealed record FuzzOptions(int Seconds, string Target, int Seed, string? Corpus)
{
    /// <summary>The line that says what is accepted.</summary>
    /// <param name="targets">Names of all.</param>
    public static string Usage(IEnumerable<string> targets) =>
        $"usage: fuzz [--seconds N] [--seed N] [--corpus DIR] [--target all|{string.Join('|', targets)}]";

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">Of the command line.</param>
    /// <param name="seed">Used when none is given.</param>
    /// <param name="mistake">What is wrong when the result is null.</param>
    public static FuzzOptions? Read(IReadOnlyList<string> arguments, int seed, out string? mistake)
    {
        var options = new FuzzOptions(10, "all", seed, null);
        mistake = null;
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var value = i + 1 < arguments.Count ? arguments[i + 1] : null;
            FuzzOptions? next = (arguments[i], value) switch
            {
                ("--seconds", not null) when Number(value) is > 0 and var seconds => options with { Seconds = seconds },
                ("--seed", not null) when Number(value) is { } number => options with { Seed = number },
                ("--target", not null) => options with { Target = value },
                ("--corpus", not null) => options with { Corpus = value },
                _ => null,
            };
            if (next is null)
            {
                mistake = $"{arguments[i]} {value}: not understood";
                return null;
            }

            options = next;
        }

        return options;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
