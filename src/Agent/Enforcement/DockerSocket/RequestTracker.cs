using System.Collections.Concurrent;
using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>
/// Learns from the job's requests and their replies whose a container is, and tells the kernel before the daemon can act on
/// it (a start, an exec, a build) or the client knows (a create). One for all connections.
/// </summary>
internal sealed class RequestTracker(IOwnerTable owners, DaemonWindows windows, ContainerSearch search)
{
    /// <summary>Execs that are remembered; of others the daemon is asked.</summary>
    private const int MostExecs = 4096;

    /// <summary>runc is started, and its process has joined, within this; after it the next exec of the container goes on.</summary>
    private static readonly TimeSpan JoinDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan JoinStep = TimeSpan.FromMilliseconds(2);

    private readonly ConcurrentDictionary<string, string> execs = new(StringComparer.Ordinal);

    // One per container that is being joined, gone with the last that waits.
    private readonly Dictionary<string, Turn> turns = new(StringComparer.Ordinal);

    /// <summary>
    /// Before the request goes on. What is returned is disposed of when the reply, or the stream that it became, has ended.
    /// </summary>
    internal async Task<TrackedRequest> BeginAsync(DockerRequest request, ContainerOwner owner)
    {
        var tracked = new TrackedRequest();
        switch (request.Action)
        {
            case DockerAction.StartContainer:
                tracked.Container = await ContainerAsync(request.Reference);
                Claim(tracked.Container, owner);
                break;
            case DockerAction.StartExec:
                tracked.Container = execs.GetValueOrDefault(request.Reference)
                    ?? await search.ContainerOfExecAsync(request.Reference);
                if (tracked.Container is { } container)
                {
                    await ExpectJoinAsync(container, owner, tracked);
                }

                break;
            case DockerAction.CreateExec:
                tracked.Container = await ContainerAsync(request.Reference);
                break;
            case DockerAction.Build:
            case DockerAction.BuildByBuildKit when !await search.IsEngineAsync():
                Open(tracked, owner, windows.ClassicBuild, windows.BuildKit, windows.Work);
                break;
            case DockerAction.BuildByBuildKit or DockerAction.BuildKit:
                if (request.Action == DockerAction.BuildByBuildKit)
                {
                    var build = windows.Builds.Begin(request.Tag);
                    tracked.OnEnd(() => windows.Builds.End(build));
                }

                Open(tracked, owner, windows.BuildKit, windows.Work);
                break;
            case DockerAction.Registry:
                Open(tracked, owner, windows.Work);
                break;
            case DockerAction.Untold:
                owners.GiveUpOrigins("the job made a request that may start containers in ways that name nobody");
                break;
        }

        return tracked;
    }

    /// <summary>A reply to a create has come and waits to be passed on.</summary>
    internal void Created(DockerRequest request, TrackedRequest tracked, ContainerOwner owner, ReadOnlySpan<byte> reply)
    {
        var id = DockerText.TryReadText(reply, "Id"u8);
        if (!DockerText.IsId(id))
        {
            owners.GiveUpOrigins("a runtime's reply to a create request could not be read");
        }
        else if (request.Action == DockerAction.CreateContainer)
        {
            SetOwner(id!, owner);
        }
        else if (tracked.Container is { } container && execs.Count < MostExecs)
        {
            execs[id!] = container;
        }
    }

    /// <summary>The daemon did what was asked: whatever was started without being known is not to be missed.</summary>
    internal async Task DoneAsync(DockerRequest request, TrackedRequest tracked)
    {
        if (request.Action == DockerAction.StartExec && tracked.Container is null)
        {
            owners.GiveUpOrigins("an exec was started whose container is not known");
        }
        else if (request.Action == DockerAction.StartContainer
            && (tracked.Container is null || (tracked.Container != request.Reference
                && await search.ContainerAsync(request.Reference) is { } now && now != tracked.Container)))
        {
            owners.GiveUpOrigins("a container was started whose id is not known");
        }
    }

    /// <inheritdoc cref="ContainerSearch.DescribeAsync"/>
    internal Task<byte[]?> DescribeAsync(string reference) => search.DescribeAsync(reference);

    private async Task<string?> ContainerAsync(string reference) =>
        DockerText.IsId(reference) && owners.OwnerOf(reference) is not null
            ? reference
            : await search.ContainerAsync(reference);

    /// <summary>The create decides; a container of nobody's in the job is that of who starts it.</summary>
    private void Claim(string? container, ContainerOwner owner)
    {
        if (container is not null && owners.OwnerOf(container) is null)
        {
            SetOwner(container, owner);
        }
    }

    private void SetOwner(string container, ContainerOwner owner)
    {
        if (!owners.TrySetOwner(container, owner))
        {
            owners.GiveUpOrigins("the job has more containers than the kernel's table holds");
        }
    }

    private static void Open(TrackedRequest tracked, ContainerOwner owner, params ReadOnlySpan<OwnerWindow> during)
    {
        foreach (var window in during)
        {
            window.Open(owner);
            tracked.OnEnd(() => window.Close(owner));
        }
    }

    /// <summary>Execs of one container take turns, until the one's process has joined: so it is known which is which.</summary>
    private async Task ExpectJoinAsync(string container, ContainerOwner owner, TrackedRequest tracked)
    {
        var turn = TakeTurn(container);
        await turn.Gate.WaitAsync();
        var joined = new TaskCompletionSource();
        if (!owners.TryExpectJoin(container, owner))
        {
            owners.GiveUpOrigins("more execs are waiting than the kernel's table holds");
        }

        tracked.OnEnd(() => joined.TrySetResult());
        tracked.Joining = AwaitJoinAsync(container, turn, joined.Task);
    }

    private async Task AwaitJoinAsync(string container, Turn turn, Task ended)
    {
        using var deadline = new CancellationTokenSource(JoinDeadline);
        while (!ended.IsCompleted && !deadline.IsCancellationRequested && owners.IsJoinExpected(container))
        {
            await Task.WhenAny(ended, Task.Delay(JoinStep, CancellationToken.None));
        }

        owners.ForgetJoin(container);
        turn.Gate.Release();
        LeaveTurn(container, turn);
    }

    private Turn TakeTurn(string container)
    {
        lock (turns)
        {
            if (!turns.TryGetValue(container, out var turn))
            {
                turn = new Turn();
                turns.Add(container, turn);
            }

            turn.Takers++;
            return turn;
        }
    }

    private void LeaveTurn(string container, Turn turn)
    {
        lock (turns)
        {
            if (--turn.Takers == 0)
            {
                _ = turns.Remove(container);
                turn.Gate.Dispose();
            }
        }
    }

    private sealed class Turn
    {
        internal SemaphoreSlim Gate { get; } = new(1, 1);

        internal int Takers { get; set; }
    }
}
