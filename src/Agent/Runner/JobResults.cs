using Sallyport.Agent.Commands;
using Sallyport.Agent.Host;
using Sallyport.Agent.Sinks;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Runner;

/// <summary>The folder of a job's results: the report in its formats, and the recording. What could not be written is said.</summary>
internal sealed class JobResults(CommandContext context, RunnerWorkplace workplace)
{
    /// <param name="report">So far, or at the end.</param>
    /// <param name="policy">In force.</param>
    internal void Write(ReportDocument report, RunnerPolicy policy)
    {
        var folder = new OutputFolder(workplace.Results, UserAccount.OfThisProcess());
        foreach (var problem in RunOutputs.Write(folder, report, PolicyText.Markdown(policy.Shown, policy.Unheeded)))
        {
            context.Error.WriteLine($"sallyport: {problem}");
        }

        if (!RecordingHandover.TryCopy(workplace.Spool, workplace.Results, UserAccount.OfThisProcess(), out var reason))
        {
            context.Error.WriteLine($"sallyport: the recording could not be handed over: {reason}");
        }
    }
}
