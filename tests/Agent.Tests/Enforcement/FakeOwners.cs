using System.Collections.Concurrent;
using Sallyport.Agent.Enforcement.DockerSocket;

namespace Sallyport.Agent.Tests.Enforcement;

/// <summary>The kernel's table as a dictionary. A join stays expected until the test says that somebody came.</summary>
internal sealed class FakeOwners(ContainerOwner? everybody) : IOwnerTable
{
    public ConcurrentDictionary<string, ContainerOwner> Containers { get; } = new();

    public ConcurrentDictionary<string, ContainerOwner> Joins { get; } = new();

    public ContainerOwner? ClassicBuild { get; private set; }

    public ContainerOwner? BuildKit { get; private set; }

    public ContainerOwner? Work { get; private set; }

    public string? GivenUp { get; private set; }

    /// <summary>How long the kernel takes to be told of the daemon's work.</summary>
    public TimeSpan Slowness { get; set; }

    public ContainerOwner? Find(int pid) => pid == Environment.ProcessId ? everybody : null;

    public ContainerOwner? OwnerOf(string container) => Containers.GetValueOrDefault(container);

    public bool TrySetOwner(string container, ContainerOwner owner)
    {
        Containers[container] = owner;
        return true;
    }

    public bool TryExpectJoin(string container, ContainerOwner owner) => Joins.TryAdd(container, owner);

    public bool IsJoinExpected(string container) => Joins.ContainsKey(container);

    public void ForgetJoin(string container) => Joins.TryRemove(container, out _);

    public void SetBuild(bool buildKit, ContainerOwner? owner)
    {
        if (buildKit)
        {
            BuildKit = owner;
        }
        else
        {
            ClassicBuild = owner;
        }
    }

    public void SetDaemonWork(ContainerOwner? owner)
    {
        using var never = new ManualResetEventSlim();
        _ = never.Wait(Slowness);
        Work = owner;
    }

    public void GiveUpOrigins(string why) => GivenUp ??= why;
}
