using Sallyport.Agent.Commands;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Sinks;
using Sallyport.Agent.Upload;
using Sallyport.Policy;
using Sallyport.Reporting;

namespace Sallyport.Agent.Control;

/// <summary>After the command: hand over the recording, write the reports, print the table, choose the exit code.</summary>
internal sealed class RunEnd(CommandContext context, RunOptions options, OutputFolder output, JobWorkplace workplace)
{
    internal int Finish(RunOutcome outcome)
    {
        SayWhyNotStarted(outcome.Launched);
        HandOver(outcome.Recording);
        var problems = RunOutputs.Write(output, outcome.Report, LeftRunningText.Markdown(outcome.Left), Say);
        problems.ForEach(Say);

        if (!options.Quiet)
        {
            var text = new TextOptions(
                context.Error.Size.Columns,
                context.HasColor(context.Error, options.NoColor),
                Shown(Path.Combine(output.Path, RunOutputs.HtmlName)));
            context.Error.Write(TextRenderer.Render(outcome.Report, text) + LeftRunningText.Terminal(outcome.Left));
        }

        SayUploaded(outcome.Upload, outcome.Recording.Segments);
        return CodeOf(outcome);
    }

    private void SayUploaded(UploadProcess? upload, long segments)
    {
        if (upload is null)
        {
            return;
        }

        var (isWhole, said) = upload.End(segments);
        if (!isWhole || !options.Quiet)
        {
            context.Error.WriteLine($"{(isWhole ? " " : "sallyport: ")}{said}");
        }
    }

    /// <summary>Relative to the working folder where it lies below it.</summary>
    private string Shown(string path)
    {
        var relative = Path.GetRelativePath(workplace.Job.WorkingDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    private void Say(string text) => context.Error.WriteLine($"sallyport: {text}");

    private void SayWhyNotStarted(LaunchResult launched)
    {
        var command = Printable.Line(options.Command[0]);
        var text = launched.Failure switch
        {
            null => null,
            LaunchFailure.Execution when launched.Error == Native.ENOENT => $"{command}: command not found",
            LaunchFailure.Execution => $"{command}: {Errno.Describe(launched.Error)}",
            LaunchFailure.Identity => $"the command could not be given to user {workplace.Job.User.Name}: {Errno.Describe(launched.Error)}",
            _ => "the command was killed before it started",
        };
        if (text is not null)
        {
            context.Error.WriteLine($"sallyport: {text}");
        }
    }

    private void HandOver(RecordingSink recording)
    {
        recording.Dispose();
        if (!RecordingHandover.TryCopy(workplace.Spool, output.Path, output.Owner, out var reason))
        {
            workplace.KeepsSpool = !recording.IsEmpty;
            var where = workplace.KeepsSpool ? $"; it is kept in {workplace.Spool} until 'sallyport cleanup' or the service's next start" : string.Empty;
            context.Error.WriteLine($"sallyport: the recording could not be handed over: {reason}{where}");
        }
    }

    private int CodeOf(RunOutcome outcome)
    {
        if (outcome.Failure is { } failure)
        {
            var stopped = outcome.Policy.Mode == PolicyMode.Block ? "; the command was stopped" : string.Empty;
            context.Error.WriteLine(failure is RingTakenException
                ? $"sallyport: the job cannot be observed any more{stopped}: {failure.Message}"
                : $"sallyport failed, which is a bug{stopped}: {failure}");
            return ExitCode.SallyportFailed;
        }

        if (outcome.Recording.IsEmpty)
        {
            return ExitCode.SallyportFailed;
        }

        if (FailOnReason.Find(options.FailOn, outcome.Report, Gate.ActionsOf(outcome.Policy)) is { } reason)
        {
            context.Error.WriteLine($"sallyport: exit code {ExitCode.FailOn} because of {reason}");
            return ExitCode.FailOn;
        }

        return outcome.Launched.Failure is { } failed && failed != LaunchFailure.Execution
            ? ExitCode.SallyportFailed
            : outcome.Ended.ForShell;
    }
}
