using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;
using Sallyport.Agent.Service;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport job start|status|stop</c>: what the Action calls, from within a job of a runner.</summary>
internal static class JobCommand
{
    internal const string Examples = """
        Called from a step of a job; the job is the one of the Runner.Worker above the caller, whatever the environment says.
        'stop' asks for the report: protection ends when the worker ends, not when a step asks.

        Examples:
          echo '{"egress-policy":"block","allowed-endpoints":"github.com:443"}' | sudo sallyport job start --inputs -
          sallyport job status
          sallyport job stop --json

        Exit codes: 10 fail-on matched   64 mistakes in the inputs   69 cannot enforce here, or no runner's job
                    70 sallyport failed  77 not permitted
        """;

    /// <summary>Bound on the inputs, bytes; the message to the agent has the same.</summary>
    private const int MostBytes = ControlLimits.MaxMessageBytes;

    internal static Command Create(CommandContext context) => new("job", "Protect the runner's job that this process belongs to, or ask how it went.")
    {
        CreateStart(context),
        CreateStatus(context),
        CreateStop(context),
    };

    private static Option<bool> Json() => new("--json") { Description = "Print the agent's answer as one line of JSON." };

    private static Command CreateStart(CommandContext context)
    {
        var inputs = new Option<string>("--inputs")
        {
            Description = "JSON object of the Action's inputs by name, or the Action's whole request: a file, or - for standard input.",
            HelpName = "FILE",
            Required = true,
        };
        var policy = new Option<string?>("--policy") { Description = "File with the text that the input policy-file names.", HelpName = "FILE" };
        var json = Json();
        var command = new Command("start", "Put protection in force for this job. Needs root where no service covers the machine.")
        {
            inputs, policy, json,
        };
        command.SetAction(parsed =>
        {
            var request = ReadRequest(parsed.GetValue(inputs)!, parsed.GetValue(policy));
            var reply = AgentClient.TryAsk(request);
            if (reply is null)
            {
                if (Interop.Libc.geteuid() != 0)
                {
                    reply = new ControlErrorReply(
                        ControlErrorCode.NotPermitted, "No agent answers on this machine, and starting one needs root: call it through sudo.", []);
                }
                else
                {
                    AgentClient.Start(context.Caller, context.Clock);
                    reply = AgentClient.TryAsk(request) ?? Gone();
                }
            }

            return Print(context, reply, parsed.GetValue(json));
        });
        return command;
    }

    private static Command CreateStatus(CommandContext context)
    {
        var json = Json();
        var command = new Command("status", "Show whether this job is protected; root sees every job.") { json };
        command.SetAction(parsed => Print(
            context, AgentClient.TryAsk(new JobStatusRequest()) ?? new JobStatusReply([], null, 0), parsed.GetValue(json)));
        return command;
    }

    private static Command CreateStop(CommandContext context)
    {
        var json = Json();
        var command = new Command("stop", "Ask for this job's report. Protection goes on until the worker has ended.") { json };
        command.SetAction(parsed => Print(
            context, AgentClient.TryAsk(new JobReportRequest()) ?? Gone(), parsed.GetValue(json)));
        return command;
    }

    private static ControlErrorReply Gone() => new(ControlErrorCode.Failed, "No agent answers on this machine.", []);

    private static JobStartRequest ReadRequest(string file, string? policyFile)
    {
        var text = ReadText(file);
        if (ControlRequest.TryRead(Encoding.UTF8.GetBytes(text), out var request, out _) && request is JobStartRequest whole)
        {
            return policyFile is null ? whole : whole with { Policy = ReadText(policyFile) };
        }

        return new JobStartRequest(ReadInputs(text), policyFile is null ? null : ReadText(policyFile));
    }

    private static ImmutableSortedDictionary<string, string> ReadInputs(string text)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = 2 });
            var inputs = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException();
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                _ = reader.Read();
                inputs[name] = reader.GetString()
                    ?? throw new CommandFailure(ExitCode.Usage, $"input {Printable.Line(name)} is null; a text is accepted");
            }

            if (reader.Read())
            {
                throw new JsonException();
            }

            return inputs.ToImmutable();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CommandFailure(
                ExitCode.Usage, """the inputs are no JSON object of texts; accepted: {"egress-policy":"block","allowed-endpoints":"github.com:443"}""");
        }
    }

    private static string ReadText(string file)
    {
        try
        {
            // By number and not as /dev/stdin: what Node hands over is a socket, which has no name that can be opened.
            using var stream = file == "-"
                ? new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0)
                : File.OpenRead(file);
            var bytes = new byte[MostBytes + 1];
            var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return count <= MostBytes
                ? new UTF8Encoding(false, true).GetString(bytes, 0, count)
                : throw new CommandFailure(ExitCode.Usage, $"{Printable.Line(file)} has more than {MostBytes} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new CommandFailure(ExitCode.UnreadableInput, $"{Printable.Line(file)} cannot be read: {e.Message}");
        }
    }

    private static int Print(CommandContext context, ControlReply reply, bool json)
    {
        if (json)
        {
            context.Output.WriteLine(Encoding.ASCII.GetString(reply.Write()));
        }
        else
        {
            foreach (var line in LinesOf(reply))
            {
                context.Output.WriteLine(Printable.Line(line));
            }
        }

        return reply switch
        {
            JobReportReply { Failed: true } => ExitCode.FailOn,
            ControlErrorReply error => error.Code switch
            {
                ControlErrorCode.PolicyInvalid => ExitCode.Usage,
                ControlErrorCode.CannotEnforce or ControlErrorCode.NoWorker or ControlErrorCode.Unsupported => ExitCode.CannotEnforce,
                ControlErrorCode.NotPermitted => ExitCode.NotPermitted,
                _ => ExitCode.SallyportFailed,
            },
            _ => ExitCode.Success,
        };
    }

    private static IEnumerable<string> LinesOf(ControlReply reply) => reply switch
    {
        JobStartedReply started =>
        [
            $"job {started.Job}: {started.Mode} · {started.InForce}", started.Policy.Reason,
            .. started.Degraded.Select(text => $"degraded: {text}"),
            .. started.Notices.Select(notice => $"{notice.Level}: {notice.Title}: {notice.Message}"),
        ],
        JobReportReply report =>
        [
            $"job {report.Job}: {report.Mode} · {report.InForce} · {(report.Complete ? "complete" : "incomplete")}",
            $"{report.Refused} refused, {report.Findings} findings", $"report  {report.Html}", $"seal    {report.Seal}",
        ],
        JobStatusReply status =>
        [
            .. status.Jobs.SelectMany(job => (string[])
            [
                $"{job.Job}  {job.Mode} · {job.InForce} · scope {job.Scope ?? "unknown"}  worker {job.Worker}{(job.Job == status.Yours ? "  (this job)" : "")}",
                .. job.DenyList is null ? (string[])[] : [$"    {job.DenyList}"],
            ]),
            .. status.Yours is null ? (string[])["This process belongs to no job that is protected."] : [],
        ],
        ControlErrorReply error =>
        [
            error.Message,
            .. error.Mistakes.Select(mistake => $"{mistake.Input}:{mistake.Line}:{mistake.Column}: {mistake.Message}: "
                + $"'{mistake.Value}'; accepted: {mistake.Accepted}"),
        ],
        _ => [],
    };
}
