using Sallyport.Agent.Control;
using Sallyport.Agent.Host;
using Sallyport.Agent.Sinks;
using Sallyport.Protocol.Recording;
using Sallyport.Reporting;

namespace Sallyport.Agent.Runner;

/// <summary>
/// The results of a job whose agent was killed: what it had recorded, and that it is missing from then on. By the guardian,
/// once the worker has ended, or when the service starts after a reset of the machine.
/// </summary>
internal static class SpoolReport
{
    /// <summary>Reason of the loss: nobody observed from the agent's end on. Verdicts went on.</summary>
    internal const string Reason = "agent-killed";

    /// <summary>Gives a sentence for each file that could not be written.</summary>
    internal static List<string> Write(string spool, string results)
    {
        var builder = new ReportBuilder();
        var last = 0L;
        using var stream = RootFile.Open(Path.Combine(spool, RecordingHandover.FileName));
        using var reader = new RecordingReader(stream);
        while (reader.TryRead(out var recorded))
        {
            last = Math.Max(last, recorded.BootTimeNs);
            builder.Accept(recorded);
        }

        builder.Accept(new EventsLost(Reason, 1) { BootTimeNs = last });
        return RunOutputs.Write(
            new OutputFolder(results, UserAccount.OfThisProcess()), builder.Build(reader.Integrity));
    }
}
