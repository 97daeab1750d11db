namespace Sallyport.Server.Retention;

/// <summary>A table whose rows of one organisation are bounded by number and by age.</summary>
/// <param name="Table">With a column <c>owner</c>.</param>
/// <param name="Key">Its primary key.</param>
/// <param name="Time">Column with the milliseconds since 1970 that age is counted from.</param>
/// <param name="First">Condition of the rows that go first when there are too many; then the others, of both the oldest first.</param>
internal sealed record BoundedList(string Table, string Key, string Time, string First)
{
    /// <summary>What pull requests alone reached goes first: whoever can open one cannot make forgotten what other runs taught.</summary>
    public static readonly BoundedList Destinations = new(
        "destination", "owner, repository, workflow, job_name, protocol, host, port", "last_ms", "taught_ms IS NULL");

    /// <summary>What somebody has looked at goes last.</summary>
    public static readonly BoundedList Findings = new("finding", "id", "last_ms", "status = 'new'");

    /// <summary>What strangers can write goes first.</summary>
    public static readonly BoundedList Audit = new("audit", "id", "at_ms", "action = 'account.sign-in-refused'");
}
