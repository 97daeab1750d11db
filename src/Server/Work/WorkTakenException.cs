namespace Sallyport.Server.Work;

/// <summary>The work is another's by now, or is to be done again with what is new: nothing of it was entered.</summary>
internal sealed class WorkTakenException : Exception
{
    public WorkTakenException()
        : base("another has this work by now")
    {
    }

    public WorkTakenException(string message)
        : base(message)
    {
    }

    public WorkTakenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
