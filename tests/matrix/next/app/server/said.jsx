'use client';
import { useEffect } from 'react';

export function Said({ results }) {
  useEffect(() => {
    globalThis.said = results;
  }, [results]);
  return null;
}
