namespace Sallyport.Lab.Dns;

/// <summary>A question as read from a message.</summary>
/// <param name="Wire">Name in wire form, letters in their case.</param>
/// <param name="Name">Lower case, dots between labels, other bytes as \DDD.</param>
/// <param name="QuestionType">QTYPE.</param>
internal sealed record DnsQuestion(byte[] Wire, string Name, int QuestionType);
