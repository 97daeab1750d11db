namespace Sallyport.Server.Access;

/// <summary>Whether a job's token is valid cannot be said now: the keys of its issuer cannot be fetched. That is no fault of who holds it.</summary>
internal sealed class KeysAwayException : Exception
{
    public KeysAwayException()
        : base("the keys of an issuer cannot be fetched")
    {
    }

    public KeysAwayException(string message)
        : base(message)
    {
    }

    public KeysAwayException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
