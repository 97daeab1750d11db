using System.CommandLine;
using System.Globalization;
using Sallyport.Agent.Upload;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport upload RECORDING…</c>: recordings that are there already, to a server.</summary>
internal static class UploadCommand
{
    internal const string Examples = """
        What the server has already is not sent again; an upload that was interrupted goes on.

        Examples:
          sallyport upload .sallyport/2026-11-23T07-12-09Z/recording.ndjson.zst \
            --server https://sallyport.example.com --api-key-file ~/.config/sallyport.key
        """;

    /// <summary>How long a server that does not answer is tried.</summary>
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(20);

    internal static Command Create(CommandContext context)
    {
        var recordings = new Argument<string[]>("recordings")
        {
            Description = "recording.ndjson.zst of runs.",
            HelpName = "RECORDING…",
            Arity = ArgumentArity.OneOrMore,
        };
        var (server, key) = Options();
        server.Required = true;
        var command = new Command("upload", "Send recordings to a server.") { recordings, server, key };
        command.SetAction(parsed =>
        {
            var target = Credentials.Target(parsed.GetValue(server)!, parsed.GetValue(key));
            var code = ExitCode.Success;
            foreach (var path in parsed.GetValue(recordings)!)
            {
                code = Math.Max(code, Send(context, target, path));
            }

            return code;
        });
        return command;
    }

    /// <summary>The two options that name a server, as <c>run</c> has them too.</summary>
    internal static (Option<string?> Server, Option<string?> Key) Options() => (
        new Option<string?>("--server") { Description = "Address of the server that gets the recording.", HelpName = "URL" },
        new Option<string?>("--api-key-file") { Description = "File with an API key of that server.", HelpName = "FILE" });

    private static int Send(CommandContext context, UploadTarget target, string path)
    {
        using var stream = Open(path);
        using var tail = new RecordingTail(stream);
        using var http = new CurlClient(Directory.CreateTempSubdirectory("sallyport-upload-").FullName);
        using var patience = new Patience(Time, context.Clock);
        var delivered = 0L;
        Uploader? uploader = null;
        bool Pause(TimeSpan time)
        {
            if (uploader!.Delivered > delivered)
            {
                delivered = uploader.Delivered;
                patience.Renew();
            }

            return patience.Wait(time);
        }

        uploader = new Uploader(target, new RecordedIdentity(Environment.MachineName, OfRunner: false, null), http, context.Clock, Pause);
        var undelivered = uploader.Run(tail, () => true);
        if (tail.Segments == 0)
        {
            throw new CommandFailure(ExitCode.UnreadableInput, $"{path} is no recording: {tail.Mistake ?? "it is empty"}");
        }

        if (undelivered > 0 || uploader.Failure is not null)
        {
            var what = undelivered == 0 ? "the end of the job was" : string.Create(
                CultureInfo.InvariantCulture, $"{undelivered} of {tail.Segments} segments were");
            context.Error.WriteLine($"sallyport: {path}: {what} not delivered: {uploader.Failure}");
            return ExitCode.SallyportFailed;
        }

        if (tail.Mistake is { } mistake)
        {
            context.Error.WriteLine($"sallyport: {path}: what follows segment {tail.Segments} was not sent: {mistake}");
        }

        context.Output.WriteLine(uploader.Page!.ToString());
        return ExitCode.Success;
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.UnreadableInput, $"{path} cannot be read: {e.Message}");
        }
    }
}
