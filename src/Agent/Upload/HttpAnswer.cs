namespace Sallyport.Agent.Upload;

/// <summary>What came of a request.</summary>
/// <param name="Status">Of HTTP; 0 when there was no answer, or not all of it.</param>
/// <param name="Body">At most <see cref="CurlClient.MaximumAnswer"/> bytes.</param>
/// <param name="Why">Why there was no answer; null when there was one.</param>
/// <param name="RetryAfter">How long the server wants to be left alone; null when it does not say.</param>
internal sealed record HttpAnswer(int Status, byte[] Body, string? Why, TimeSpan? RetryAfter = null)
{
    internal bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether the same again may succeed: nothing came, the server was busy, or it failed.</summary>
    internal bool IsWorthAgain => Status is 0 or 408 or 425 or 429 or >= 500;
}
