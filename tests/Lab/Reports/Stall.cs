namespace Sallyport.Lab.Reports;

/// <summary>
/// The finding that the agent did not run for some seconds and then went on: a machine that stalls has put it into a report, and no test
/// unless it stops the agent.
/// </summary>
public static class Stall
{
    /// <param name="id">Of the finding.</param>
    /// <param name="has">Whether its evidence has something of that name: of an agent that was killed it has the report.</param>
    public static bool Is(string? id, Func<string, bool> has)
    {
        ArgumentNullException.ThrowIfNull(has);
        return id == "observation-lost" && has("seconds");
    }
}
