using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>unnamed-program</c>: a program that no folder has: it was in memory alone (memfd_create), or its file was removed before it
/// began. Keeps nothing.
/// </summary>
internal sealed class UnnamedProgramDetector : IDetector
{
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        // runc starts itself from a copy in memory, in each container that a job's own daemon makes (CVE-2019-5736).
        if (value is ProcessExecuted { Unlinked: true } executed && !executed.Exe.EndsWith("runc_cloned:/proc/self/exe", StringComparison.Ordinal))
        {
            sink.Accept(Finding.Of(
                ProcessFindings.UnnamedProgram, executed, executed.Process, null, isBlocked: false,
                ("program", executed.Exe), ("container", executed.Container)));
        }
    }
}
