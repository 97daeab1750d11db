namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>A fact that a line of the worker's log states. Text in it is the workflow author's: hostile.</summary>
public abstract record WorkerEntry
{
    // Closed: what follows a log handles each kind.
    private protected WorkerEntry()
    {
    }
}
