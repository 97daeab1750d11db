using System.Collections.Immutable;
using System.Globalization;

namespace Sallyport.Bench.Overhead;

/// <summary>What the script gave, checked.</summary>
internal sealed record BenchOptions(
    string Sallyport, string Work, string Cgroup, string Dotnet, bool Quick, string Only, int Rounds)
{
    private static readonly ImmutableArray<string> Needed = ["--sallyport", "--work", "--cgroup", "--dotnet"];

    internal string Driver => Path.Combine(this.Work, "driver");

    internal static bool TryRead(ReadOnlySpan<string> arguments, out BenchOptions? options, out string mistake)
    {
        options = null;
        mistake = "";
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        bool quick = false;
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (argument == "--quick")
            {
                quick = true;
            }
            else if ((argument is "--only" or "--rounds" || Needed.Contains(argument)) && i + 1 < arguments.Length)
            {
                values[argument] = arguments[++i];
            }
            else
            {
                mistake = $"'{argument}' is not an option; there are --quick, --only TEXT and --rounds N";
                return false;
            }
        }

        int rounds = quick ? 5 : 11;
        if (values.TryGetValue("--rounds", out string? text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out rounds) || rounds is 0 or > 1000))
        {
            mistake = $"--rounds takes a number from 1 to 1000, not '{text}'";
            return false;
        }

        foreach (string needed in Needed)
        {
            if (!values.ContainsKey(needed))
            {
                mistake = $"{needed} is missing: start it by bench/run";
                return false;
            }
        }

        options = new BenchOptions(
            values["--sallyport"], values["--work"], values["--cgroup"], values["--dotnet"], quick,
            values.GetValueOrDefault("--only", ""), rounds);
        return true;
    }
}
