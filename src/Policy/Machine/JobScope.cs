namespace Sallyport.Policy.Machine;

/// <summary>Who is judged.</summary>
public enum JobScope
{
    /// <summary>The job's processes, and what is made for them.</summary>
    Job,

    /// <summary>Everything on the machine but what was running before, of root, outside the runner.</summary>
    Machine,
}
