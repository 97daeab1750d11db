using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;

namespace Sallyport.Agent.Sinks;

/// <summary>A recording that somebody names, folded into its report.</summary>
/// <param name="Report">Of all that could be read.</param>
/// <param name="Warning">What is wrong with the recording, or null when it is intact.</param>
internal sealed record RecordingFile(ReportDocument Report, string? Warning)
{
    internal static RecordingFile Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var reader = new RecordingReader(stream);
            var builder = new ReportBuilder();
            while (reader.TryRead(out var recorded))
            {
                builder.Accept(recorded);
            }

            return new RecordingFile(builder.Build(reader.Integrity), Describe(path, reader.Integrity!));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = Directory.Exists(path) ? "it is a folder; name the recording in it" : e.Message;
            throw new CommandFailure(ExitCode.UnreadableInput, $"{path} cannot be read: {why}");
        }
    }

    private static string? Describe(string path, RecordingIntegrity integrity) => integrity.Verdict switch
    {
        RecordingVerdict.Intact => null,
        RecordingVerdict.Truncated => $"{path} has no end: what follows is what could be read ({Place(integrity)})",
        RecordingVerdict.Tampered => $"{path} was changed after it was written: what follows is what came before ({Place(integrity)})",
        _ => $"{path} is not a recording, or not one from here on ({Place(integrity)})",
    };

    private static string Place(RecordingIntegrity integrity) => FormattableString.Invariant(
        $"{integrity.Events} events; frame {integrity.Frame} at byte {integrity.ByteOffset}: {integrity.Detail}");
}
