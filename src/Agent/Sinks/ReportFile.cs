using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Sinks;

/// <summary>A report.json that somebody names.</summary>
internal static class ReportFile
{
    /// <summary>Bound on its size, bytes.</summary>
    private const long MaximumBytes = 512L << 20;

    internal static ReportDocument Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaximumBytes })
            {
                throw new CommandFailure(ExitCode.UnreadableInput, $"the report {path} is larger than {MaximumBytes >> 20} MiB");
            }

            return ReportJson.TryRead(File.ReadAllBytes(path), out var mistake)
                ?? throw new CommandFailure(ExitCode.UnreadableInput, $"{path} cannot be read: {mistake}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.UnreadableInput, $"{path} cannot be read: {e.Message}");
        }
    }
}
