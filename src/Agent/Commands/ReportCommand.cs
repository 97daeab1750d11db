using System.CommandLine;
using System.Text;
using Sallyport.Agent.Sinks;
using Sallyport.Protocol.Hashing;
using Sallyport.Reporting;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport report RECORDING</c>: a recording in one of the formats.</summary>
internal static class ReportCommand
{
    internal const string Examples = """
        Examples:
          sallyport report .sallyport/2026-11-23T07-12-09Z/recording.ndjson.zst
          sallyport report recording.ndjson.zst --format sarif --output results.sarif

        Exit code 66: the recording is not whole or was changed; what could be read is printed all the same.
        """;

    internal static Command Create(CommandContext context)
    {
        var recording = new Argument<string>("recording") { Description = "recording.ndjson.zst of a run.", HelpName = "RECORDING" };
        var format = new Option<string>("--format")
        {
            Description = "What to print. Default text.",
            HelpName = string.Join('|', ReportRendering.Words),
            DefaultValueFactory = _ => ReportRendering.Words[0],
        };
        _ = format.AcceptOnlyFromAmong(ReportRendering.Words);
        var output = new Option<string?>("--output") { Description = "File to write instead of standard output.", HelpName = "FILE" };
        var noColor = new Option<bool>("--no-color") { Description = "No colours." };
        var command = new Command("report", "Show a recording as a report.") { recording, format, output, noColor };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(recording)!;
            var target = parsed.GetValue(output);
            var file = RecordingFile.Read(path);
            if (file.Warning is { } warning)
            {
                context.Error.WriteLine($"sallyport: {Printable.Line(warning)}");
            }

            var options = new TextOptions(
                context.Output.Size.Columns, target is null && context.HasColor(context.Output, parsed.GetValue(noColor)));
            var text = ReportRendering.Render(
                file.Report,
                (ReportFormat)Array.IndexOf(ReportRendering.Words, parsed.GetValue(format)),
                options,
                Subjects(path));
            Print(text, target, context);
            return file.Warning is null ? ExitCode.Success : ExitCode.UnreadableInput;
        });
        return command;
    }

    private static InTotoSubject[] Subjects(string path)
    {
        using var stream = File.OpenRead(path);
        return [new InTotoSubject(Path.GetFileName(path), Convert.ToHexStringLower(Sha256.Digest(stream)))];
    }

    private static void Print(string text, string? target, CommandContext context)
    {
        if (target is null)
        {
            context.Output.Write(text);
            return;
        }

        try
        {
            File.WriteAllText(target, text, new UTF8Encoding(false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.CannotWrite, $"{target} cannot be written: {e.Message}");
        }
    }
}
