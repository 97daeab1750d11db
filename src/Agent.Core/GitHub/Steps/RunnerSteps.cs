using System.Text;

namespace Sallyport.Agent.Core.GitHub.Steps;

/// <summary>What the runner does itself, as people see it: <c>Set up job</c>, <c>Initialize containers</c>, <c>Pull …</c>.</summary>
internal static class RunnerSteps
{
    public const string SetUp = "Set up job";
    public const string Complete = "Complete job";
    private const int LongestId = 64;

    public static bool IsOne(string name) => name is "Initialize containers" or "Stop containers" or "Set up runner"
        or "Complete runner" or SetUp or Complete
        || name.StartsWith("Pull ", StringComparison.Ordinal) || name.StartsWith("Build ", StringComparison.Ordinal);

    public static LogStep Make(string name, int number) => new($"runner:{Slug(name)}:{number}", name, number, "job");

    // Letters and digits of the name; the number keeps two of one name apart.
    private static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (var c in name)
        {
            if (slug.Length < LongestId && char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(char.ToLowerInvariant(c));
            }
            else if (slug.Length is > 0 and < LongestId && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        return slug.ToString().TrimEnd('-');
    }
}
