namespace Sallyport.Lab;

/// <summary>The laboratory itself failed, or a deadline passed: says what was tried and what was missing.</summary>
public sealed class LabException : Exception
{
    public LabException(string message)
        : base(message)
    {
    }

    public LabException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public LabException()
    {
    }
}
