namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>What is known of one request while it lasts.</summary>
internal sealed class TrackedRequest : IDisposable
{
    private readonly List<Action> ends = [];

    /// <summary>Id of the container that it is about; null when that is not known.</summary>
    internal string? Container { get; set; }

    /// <summary>Ends when the process of an exec has joined its container, or will not; null for other requests.</summary>
    internal Task? Joining { get; set; }

    internal void OnEnd(Action end) => ends.Add(end);

    public void Dispose()
    {
        foreach (var end in ends)
        {
            end();
        }

        ends.Clear();
    }
}
