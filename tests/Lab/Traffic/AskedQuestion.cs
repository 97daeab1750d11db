namespace Sallyport.Lab.Traffic;

/// <summary>A question that a DNS server of the laboratory received.</summary>
/// <param name="Server">Address that was asked.</param>
/// <param name="Transport"><c>udp</c> or <c>tcp</c>.</param>
/// <param name="Name">As it stood in the message, letters in their case, other bytes as \DDD.</param>
/// <param name="QuestionType">RFC 1035 QTYPE.</param>
public sealed record AskedQuestion(string Server, string Transport, string Name, int QuestionType);
