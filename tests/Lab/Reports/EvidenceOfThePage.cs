using System.Reflection;
using System.Text.RegularExpressions;

namespace Sallyport.Lab.Reports;

/// <summary>docs/detections.md says which keys the evidence of a finding has: every finding of every test is held to it.</summary>
internal static partial class EvidenceOfThePage
{
    private static readonly Dictionary<string, HashSet<string>> s_keys = Read(Path.Combine(
        typeof(EvidenceOfThePage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!,
        "docs",
        "detections.md"));

    /// <summary>Throws <see cref="LabException"/> for a finding, or a key of its evidence, that the page does not name.</summary>
    internal static void Check(IEnumerable<ReportedFinding> findings)
    {
        foreach (var finding in findings)
        {
            var keys = s_keys.GetValueOrDefault(finding.Id)
                ?? throw new LabException($"docs/detections.md has no finding {finding.Id}.");
            var unknown = finding.Evidence.Keys.Where(key => !keys.Contains(key)).ToList();
            if (unknown.Count > 0)
            {
                throw new LabException($"docs/detections.md does not say what {string.Join(", ", unknown)} of {finding.Id} means.");
            }
        }
    }

    private static Dictionary<string, HashSet<string>> Read(string page)
    {
        var keys = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var id = string.Empty;
        foreach (var line in File.ReadLines(page))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                id = line[3..];
            }
            else if (line.StartsWith("**Evidence:**", StringComparison.Ordinal))
            {
                keys[id] = [.. Key().Matches(line).Select(match => match.Groups[1].Value)];
            }
        }

        return keys;
    }

    [GeneratedRegex("`([A-Za-z]+)`: ")]
    private static partial Regex Key();
}
