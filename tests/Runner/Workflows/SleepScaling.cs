using System.Globalization;
using System.Text.RegularExpressions;

namespace Sallyport.Runner.Workflows;

/// <summary>
/// Shorter waits in the text of a <c>run:</c> step, so that a workflow made to take minutes takes seconds and is
/// otherwise unchanged: the number after the word <c>sleep</c>, and the number added to <c>start_time</c> in shell
/// arithmetic. Text is rewritten, not the program: a container has the same script and an unchanged <c>sleep</c>. What
/// contains such words for another reason (a here-document, an echo) is rewritten as well.
/// </summary>
internal static partial class SleepScaling
{
    public static string Apply(string script, double scale) => scale.Equals(1.0)
        ? script
        : StartTime().Replace(
            Sleep().Replace(script, match => match.Groups[1].Value + Scaled(match.Groups[2].Value, scale, "0.###")),
            // Shell arithmetic has no fractions; at least a second, so that the loop is entered.
            match => match.Groups[1].Value + Math.Max(1, Math.Round(Number(match.Groups[2].Value) * scale))
                .ToString(CultureInfo.InvariantCulture));

    private static string Scaled(string number, double scale, string format) =>
        (Number(number) * scale).ToString(format, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\bsleep\s+)(\d+(?:\.\d+)?)(?![\w.])")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"(\$\(\(\s*start_time\s*\+\s*)(\d+)")]
    private static partial Regex StartTime();
}
