using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>privileged-container</c>: a container has so much of its machine that it is no container. A runtime's socket that the runner
/// itself gives to each container it starts is none: the first program of its execution is the client, and no shell. Bounded by
/// <see cref="MostExecutions"/>.
/// </summary>
internal sealed class PrivilegedContainerDetector : IDetector
{
    private const int MostExecutions = 16_384;
    private const string Socket = "runtime-socket";
    private static readonly string[] Clients = ["docker", "podman"];

    private readonly Dictionary<uint, bool> isOfRunner = [];
    private readonly HashSet<(string Container, string Access)> told = [];

    /// <summary>Executions past the bound, and what containers have.</summary>
    public long Overflow { get; private set; }

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        switch (value)
        {
            case ProcessExecuted { Container: null, Execution: not 0 } executed when !isOfRunner.ContainsKey(executed.Execution):
                Began(executed);
                break;
            case MachineChanged { Change: "privileged-container" } refused:
                sink.Accept(Finding.Of(
                    ProcessFindings.PrivilegedContainer, refused, refused.Process, refused.Step, isBlocked: true,
                    ("has", refused.Facts.GetValueOrDefault("has")), ("image", refused.Facts.GetValueOrDefault("image"))));
                break;
            case ContainerStarted { HostAccess: { } access } started
                when !(access == Socket && IsOfRunner(started)) && IsNew(started.Container, access):
                sink.Accept(Finding.Of(
                    ProcessFindings.PrivilegedContainer, started, null, started.Step, isBlocked: false,
                    ("container", started.Container), ("image", started.Image), ("has", access)));
                break;
        }
    }

    private void Began(ProcessExecuted first)
    {
        if (isOfRunner.Count >= MostExecutions)
        {
            Overflow++;
            return;
        }

        isOfRunner[first.Execution] = Clients.Contains(first.Exe[(first.Exe.LastIndexOf('/') + 1)..]);
    }

    private bool IsNew(string container, string access)
    {
        if (told.Count < MostExecutions)
        {
            return told.Add((container, access));
        }

        Overflow += told.Contains((container, access)) ? 0 : 1;
        return false;
    }

    /// <summary>An execution that began before anybody looked set up the job.</summary>
    private bool IsOfRunner(ContainerStarted started) =>
        started.Execution != 0 && (!isOfRunner.TryGetValue(started.Execution, out var isClient) || isClient);
}
