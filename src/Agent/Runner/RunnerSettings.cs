using System.Text.Json;
using Sallyport.Agent.Files;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner;

/// <summary>What <c>config.sh</c> has written to <c>.runner</c> in the folder of a runner, as far as it matters here.</summary>
/// <param name="WorkFolder">Of <c>--work</c>: absolute, or from the runner's folder.</param>
internal sealed record RunnerSettings(string? WorkFolder = null)
{
    private const string Default = "_work";
    private const int MostBytes = 64 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    /// <summary>Where the jobs of a runner work: by its real path, where that exists.</summary>
    /// <param name="root">Folder of the runner.</param>
    internal static string WorkFolderOf(string root) =>
        PathHandle.RealPath(Path.Combine(root, Read(SafeFile.TryReadAll(Path.Combine(root, ".runner"), MostBytes) ?? []) ?? Default));

    /// <summary>The work folder as it is written; null when nothing says it.</summary>
    internal static string? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var text = json.StartsWith(ByteOrderMark) ? json[ByteOrderMark.Length..] : json;
            return JsonSerializer.Deserialize(text, RunnerJson.Default.RunnerSettings)?.WorkFolder is { Length: > 0 } folder
                && !folder.Contains('\0', StringComparison.Ordinal) ? folder : null;
        }
        catch (JsonException)
        {
            return null; // the runner itself would not start with it
        }
    }
}
