namespace Sallyport.Lab.Servers;

/// <summary>What the servers need to know of a request's head.</summary>
internal sealed record HttpHead(string Method, string Target, int ContentLength, bool IsCompressed);
